internal import CTestSupport

/// A body that runs on a stack of its own and stops wherever it suspends itself, so that a test can have
/// several take turns, on one thread and in an order of its choice.
@safe
package final class Fiber {
    private let handle: OpaquePointer
    private var body: (() -> Void)?

    package init() {
        // What a debug build's frames need, many times over.
        unsafe handle = test_fiber_create(256 << 10)
    }

    deinit {
        precondition(body == nil, "a fiber is not given up in the middle of its body")
        unsafe test_fiber_destroy(handle)
    }

    /// The next `resume` begins the body.
    package func start(_ body: @escaping () -> Void) {
        precondition(self.body == nil)
        self.body = body
        unsafe test_fiber_start(
            handle,
            { context in
                // Sound: whoever resumes the fiber holds it.
                unsafe Unmanaged<Fiber>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue().body?()
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Runs the body on to its next `suspend`. False when it has ended.
    package func resume() -> Bool {
        let goesOn = unsafe test_fiber_resume(handle)
        if !goesOn { body = nil }
        return goesOn
    }

    /// Called in the body: lets `resume` return.
    package func suspend() {
        unsafe test_fiber_suspend(handle)
    }
}
