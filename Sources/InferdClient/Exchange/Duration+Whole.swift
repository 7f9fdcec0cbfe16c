extension Duration {
    /// Whole nanoseconds, rounded up; 0 for a negative duration, the greatest number for one too long.
    var wholeNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = product.addingReportingOverflow(UInt64((attoseconds + 999_999_999) / 1_000_000_000))
        return overflow || carry ? .max : sum
    }

    /// Whole milliseconds, rounded up.
    var wholeMilliseconds: UInt64 {
        let nanoseconds = wholeNanoseconds
        return nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 == 0 ? 0 : 1)
    }
}
