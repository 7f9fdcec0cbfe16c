enum PlaceholderInferdEngine {}
