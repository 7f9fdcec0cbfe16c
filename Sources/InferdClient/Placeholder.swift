enum PlaceholderInferdClient {}
