enum PlaceholderInferdForecastTests {}
