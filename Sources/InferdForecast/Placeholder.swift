enum PlaceholderInferdForecast {}
