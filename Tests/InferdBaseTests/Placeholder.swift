enum PlaceholderInferdBaseTests {}
