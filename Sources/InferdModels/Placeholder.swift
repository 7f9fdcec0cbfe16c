enum PlaceholderInferdModels {}
