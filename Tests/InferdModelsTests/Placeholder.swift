enum PlaceholderInferdModelsTests {}
