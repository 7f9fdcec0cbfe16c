import InferdClient

/// Reading and writing `.npy` files, versions 1 to 3 of the format, as numpy documents it
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
enum NpyFile {
    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// Reads an array. Fortran order is turned into row-major order. `name` is the file's in messages.
    static func decode(_ bytes: [UInt8], name: String) throws(CommandFailure) -> NpyArray {
        func failure(_ message: String) -> CommandFailure { CommandFailure(.data, "\(name): \(message)") }
        guard bytes.count >= 10, bytes.starts(with: magic) else {
            throw failure("not a .npy file; write one with numpy.save")
        }
        guard (1...3).contains(bytes[6]) else {
            throw failure("version \(bytes[6]) of the .npy format is not known")
        }
        let sizeBytes = bytes[6] == 1 ? 2 : 4
        let start = 8 + sizeBytes
        guard bytes.count >= start else { throw failure("the file ends within its header") }
        let length = (0..<sizeBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        guard length <= bytes.count - start else { throw failure("the file ends within its header") }
        guard let text = String(validating: bytes[start..<(start + length)], as: UTF8.self) else {
            throw failure("its header is not valid UTF-8")
        }
        let header: NpyHeader
        do throws(NpyHeader.SyntaxError) {
            header = try NpyHeader(parsing: text)
        } catch {
            throw failure(error.message)
        }
        guard let type = TensorType.allCases.first(where: { $0.npyDescription == header.description }) else {
            throw failure(advice(on: header.description))
        }
        let data = bytes[(start + length)...]
        guard let expected = byteCount(header.shape, type) else {
            throw failure("its shape has more elements than any file holds")
        }
        guard data.count == expected else {
            throw failure("it holds \(data.count) bytes of data, but its shape needs \(expected)")
        }
        let ordered =
            header.isFortranOrder && header.shape.count > 1
            ? rowMajor(data, header.shape, elementBytes: type.byteCount) : Array(data)
        return NpyArray(type: type, shape: header.shape, data: ordered)
    }

    /// A file's bytes; nil: numpy has no type for the elements.
    static func encode(_ array: NpyArray) -> [UInt8]? {
        guard let description = array.type.npyDescription else { return nil }
        let header = NpyHeader(description: description, isFortranOrder: false, shape: array.shape)
        var sizeBytes = 2
        var text = header.text(prefixBytes: 8 + sizeBytes)
        if text.utf8.count > UInt16.max {
            sizeBytes = 4
            text = header.text(prefixBytes: 8 + sizeBytes)
        }
        var bytes = magic + [sizeBytes == 2 ? 1 : 2, 0]
        for index in 0..<sizeBytes {
            bytes.append(UInt8(truncatingIfNeeded: text.utf8.count >> (8 * index)))
        }
        return bytes + text.utf8 + array.data
    }

    private static func advice(on description: String) -> String {
        if description.hasPrefix(">") {
            return "its elements are big-endian; convert them with .astype('<\(description.dropFirst())')"
        }
        let served = TensorType.allCases.compactMap { $0.npyDescription == nil ? nil : $0.displayName }
        return "elements of type '\(description)' are not served; convert them to \(served.joined(separator: ", "))"
    }

    /// Bytes of an array; nil when the number overflows.
    static func byteCount(_ shape: [Int64], _ type: TensorType) -> Int? {
        var total = Int64(type.byteCount)
        // A zero anywhere makes the array empty, whatever the other extents are.
        if shape.contains(0) { return 0 }
        for extent in shape {
            let (product, overflow) = total.multipliedReportingOverflow(by: extent)
            if overflow { return nil }
            total = product
        }
        return Int(exactly: total)
    }

    /// Turns column-major elements into row-major ones. The extents' product is known to fit.
    private static func rowMajor(_ data: ArraySlice<UInt8>, _ shape: [Int64], elementBytes: Int) -> [UInt8] {
        if data.isEmpty { return [] }
        let extents = shape.map { Int($0) }
        var strides: [Int] = []
        var stride = elementBytes
        for extent in extents {
            strides.append(stride)
            stride *= extent
        }
        var result: [UInt8] = []
        result.reserveCapacity(data.count)
        var index = [Int](repeating: 0, count: extents.count)
        while result.count < data.count {
            let offset = data.startIndex + zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
            result += data[offset..<(offset + elementBytes)]
            var axis = extents.count - 1
            while axis >= 0 {
                index[axis] += 1
                if index[axis] < extents[axis] { break }
                index[axis] = 0
                axis -= 1
            }
        }
        return result
    }
}
