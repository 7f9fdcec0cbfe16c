import InferdClient
import Testing

@testable import inferd_cli

struct NpyFileTests {
    /// A file with a header as numpy writes it.
    private func file(
        _ header: String, version: UInt8 = 1, data: [UInt8] = [], magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    ) -> [UInt8] {
        let length = header.utf8.count
        let sizes = version == 1 ? [length, length >> 8] : [length, length >> 8, length >> 16, length >> 24]
        return magic + [version, 0] + sizes.map { UInt8(truncatingIfNeeded: $0) } + header.utf8 + data
    }

    /// Little-endian 32-bit integers.
    private func words(_ values: [UInt8]) -> [UInt8] {
        values.flatMap { value -> [UInt8] in [value, 0, 0, 0] }
    }

    private func message(_ bytes: [UInt8]) -> String? {
        do throws(CommandFailure) {
            _ = try NpyFile.decode(bytes, name: "x.npy")
            return nil
        } catch {
            #expect(error.status == .data)
            return error.message
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt8])
    func everyVersionIsRead(version: UInt8) throws {
        let header = "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }    \n"
        let data = (0..<24).map { UInt8($0) }
        let array = try NpyFile.decode(file(header, version: version, data: data), name: "x.npy")
        #expect(array == NpyArray(type: .int32, shape: [2, 3], data: data))
    }

    @Test func scalarsVectorsAndEmptyArraysAreRead() throws {
        let scalar = try NpyFile.decode(
            file("{\"shape\": (), \"descr\": \"|b1\", \"fortran_order\": False}\n", data: [1]), name: "x.npy")
        #expect(scalar == NpyArray(type: .bool, shape: [], data: [1]))
        let vector = try NpyFile.decode(
            file("{'descr': '<f8', 'fortran_order': True, 'shape': (1L,)}", data: [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]),
            name: "x.npy")
        #expect(vector == NpyArray(type: .float64, shape: [1], data: [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]))
        let empty = try NpyFile.decode(
            file("{'descr': '<f4', 'fortran_order': True, 'shape': (9223372036854775807, 4, 0)}"), name: "x.npy")
        #expect(empty.data.isEmpty)
    }

    @Test func fortranOrderBecomesRowMajor() throws {
        // [[0, 1, 2], [3, 4, 5]] column by column.
        let data = words([0, 3, 1, 4, 2, 5])
        let array = try NpyFile.decode(
            file("{'descr': '<i4', 'fortran_order': True, 'shape': (2, 3)}", data: data), name: "x.npy")
        #expect(array.data == words([0, 1, 2, 3, 4, 5]))
    }

    @Test(arguments: [TensorType.float32, .float64, .int32, .int64, .bool])
    func whatIsWrittenReadsTheSame(type: TensorType) throws {
        for shape in [[], [3], [2, 2], [0, 5], [1, 1, 1, 1, 1, 1, 1, 2]] as [[Int64]] {
            let count = try #require(NpyFile.byteCount(shape, type))
            let array = NpyArray(type: type, shape: shape, data: (0..<count).map { UInt8($0) })
            let bytes = try #require(NpyFile.encode(array))
            #expect((bytes.count - array.data.count) % 64 == 0)
            #expect(try NpyFile.decode(bytes, name: "x.npy") == array)
        }
    }

    @Test func theHeaderIsNumpysToTheByte() throws {
        let array = NpyArray(type: .float32, shape: [3], data: [UInt8](repeating: 0, count: 12))
        let bytes = try #require(NpyFile.encode(array))
        #expect(bytes.prefix(10) == ([0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0])[...])
        let header = try #require(String(validating: bytes[10..<128], as: UTF8.self))
        let dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"
        #expect(header == dictionary + String(repeating: " ", count: 117 - dictionary.utf8.count) + "\n")
    }

    @Test func badFilesAreRefusedWithAdvice() {
        let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n"
        #expect(message([]) == "x.npy: not a .npy file; write one with numpy.save")
        #expect(message(file(good, version: 9)) == "x.npy: version 9 of the .npy format is not known")
        #expect(message(Array(file(good).prefix(30))) == "x.npy: the file ends within its header")
        #expect(message(file(good, data: [1, 2, 3])) == "x.npy: it holds 3 bytes of data, but its shape needs 8")
        #expect(message(file("{'descr': '<f4'")) == "x.npy: its header is malformed")
        #expect(
            message(file("{'descr': '<f4', 'shape': (-1,), 'fortran_order': False}"))
                == "x.npy: its header is malformed")
        #expect(
            message(file("{'descr': '>f4', 'fortran_order': False, 'shape': ()}"))
                == "x.npy: its elements are big-endian; convert them with .astype('<f4')")
        #expect(
            message(file("{'descr': '<U3', 'fortran_order': False, 'shape': ()}"))
                == "x.npy: elements of type '<U3' are not served; convert them to float32, float64, int32, int64, bool")
        #expect(
            message(file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}"))
                == "x.npy: it holds records, not numbers of one type")
    }

    @Test func shapesWhoseProductOverflowsAreRefused() {
        let header = "{'descr': '<f4', 'fortran_order': True, 'shape': (4294967296, 4294967296, 4294967296)}"
        #expect(message(file(header)) == "x.npy: its shape has more elements than any file holds")
    }

    @Test func outputNamesCannotLeaveTheFolder() {
        #expect(TensorText.fileName("../../etc/x") == "_._.._etc_x")
        #expect(TensorText.fileName("dense/BiasAdd:0") == "dense_BiasAdd_0")
        #expect(TensorText.fileName("") == "output")
        #expect(TensorText.fileName("é") == "_")
    }
}
