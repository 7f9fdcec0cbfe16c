/// What was asked of the file system when it failed.
package enum SpoolOperation: String, Sendable {
    case makeDirectory = "make a directory"
    case list = "list a directory"
    case open = "open a file"
    case create = "create a file"
    case read = "read"
    case write = "write"
    case truncate = "cut a file"
    case sync = "sync"
    case rename = "rename a file"
    case remove = "remove a file"
    case lock = "lock the directory"
}
