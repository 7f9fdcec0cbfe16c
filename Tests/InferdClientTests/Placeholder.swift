enum PlaceholderInferdClientTests {}
