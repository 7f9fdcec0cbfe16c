enum PlaceholderInferdScheduler {}
