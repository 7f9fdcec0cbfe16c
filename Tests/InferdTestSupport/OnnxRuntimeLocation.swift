import Foundation

/// The ONNX Runtime library that tests load.
package enum OnnxRuntimeLocation {
    /// `INFERD_ONNXRUNTIME`, or where `make setup` puts it.
    package static let path: String =
        ProcessInfo.processInfo.environment["INFERD_ONNXRUNTIME"]
        ?? DaemonProcess.sourceRoot.appendingPathComponent(".setup/onnxruntime/libonnxruntime.so.1.32.0").path
}
