enum PlaceholderInferdWireTests {}
