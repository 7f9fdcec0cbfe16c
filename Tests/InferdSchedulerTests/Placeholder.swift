enum PlaceholderInferdSchedulerTests {}
