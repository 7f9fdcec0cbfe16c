enum PlaceholderInferdServer {}
