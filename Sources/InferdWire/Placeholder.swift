enum PlaceholderInferdWire {}
