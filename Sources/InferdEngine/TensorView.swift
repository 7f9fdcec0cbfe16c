package import InferdBase

/// A tensor in somebody else's memory: valid until the runner that gave it runs or is bound again.
@unsafe
package struct TensorView {
    package let type: ElementType
    /// Number of extents in `extents` that count; at most `Limits.tensorRank`.
    package let rank: Int
    package let extents: InlineArray<8, Int64>
    /// Elements in row-major order, in the machine's byte order.
    package let bytes: UnsafeRawBufferPointer

    package init(type: ElementType, rank: Int, extents: InlineArray<8, Int64>, bytes: UnsafeRawBufferPointer) {
        precondition(rank <= Limits.tensorRank)
        unsafe self.type = type
        unsafe self.rank = rank
        unsafe self.extents = extents
        unsafe self.bytes = bytes
    }
}
