enum PlaceholderInferdEngineTests {}
