import Foundation
import Testing

/// What the fuzz targets once learnt stays true without libFuzzer.
struct CorpusTests {
    @Test("Each input of the kept corpus is read as it should be", arguments: FuzzTarget.allCases)
    func theKeptCorpusHasNoFinding(target: FuzzTarget) throws {
        let corpus = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Corpus/\(target.rawValue)")
        let files = try FileManager.default.contentsOfDirectory(at: corpus, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        for file in files.sorted(by: { $0.path < $1.path }) {
            let input = try [UInt8](Data(contentsOf: file))
            #expect(throws: Never.self, "\(target.rawValue)/\(file.lastPathComponent)") { try target.run(input) }
        }
    }
}
