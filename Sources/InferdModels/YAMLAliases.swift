/// Finds YAML aliases, which model.yaml has no use for: values that name others grow without bound as
/// they are compared, and keys are compared while a file is parsed.
///
/// An alias is `*name` of an anchor `&name` that stands before it. Whether these stand in a quoted text
/// is not looked at: a text that holds both is refused as well, which no description needs.
enum YAMLAliases {
    /// The first alias, with its line; nil: there is none.
    static func first(in text: String) -> (name: String, line: Int)? {
        var anchors: Set<Substring> = []
        var line = 1
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\n"):
                line += 1
            case UInt8(ascii: "&"), UInt8(ascii: "*"):
                let name = Substring(rest.prefix(while: isNamePart))
                if name.isEmpty { continue }
                if byte == UInt8(ascii: "&") {
                    anchors.insert(name)
                } else if anchors.contains(name) {
                    return (String(name), line)
                }
            default:
                break
            }
        }
        return nil
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
