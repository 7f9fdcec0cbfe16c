import COnnxRuntime
import InferdBase

/// Names of tensors in the runtime's memory, as `Run` wants them: an array of addresses. They are freed
/// with the value.
@safe
final class RuntimeNames {
    private let library: OnnxRuntimeLibrary
    private var names = unsafe FixedArray<UnsafePointer<CChar>?>(count: Limits.tensors) { _ in nil }
    private(set) var count = 0

    init(_ library: OnnxRuntimeLibrary) {
        self.library = library
    }

    deinit {
        for index in 0..<count {
            let name = unsafe UnsafeMutableRawPointer(mutating: names[index])
            unsafe library.discard(library.api.pointee.AllocatorFree(library.allocator, name))
        }
    }

    /// Takes a name over. There are at most `Limits.tensors`.
    func append(_ name: UnsafeMutablePointer<CChar>) {
        unsafe names[count] = UnsafePointer(name)
        count += 1
    }

    subscript(index: Int) -> UnsafePointer<CChar>? {
        precondition(index < count)
        return unsafe names[index]
    }

    /// Valid, if nothing to be read, without names too.
    var baseAddress: UnsafeMutablePointer<UnsafePointer<CChar>?> {
        unsafe names.address(of: 0)
    }
}
