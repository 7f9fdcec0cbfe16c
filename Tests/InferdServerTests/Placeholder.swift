enum PlaceholderInferdServerTests {}
