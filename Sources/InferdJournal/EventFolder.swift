/// What lies in a daemon's folder of events.
package struct EventFolder: Sendable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// Events that were not confirmed yet, by thread and life of the daemon.
    package var rings: String { "\(path)/rings" }
    /// Events that wait for a broker, or stay because there is none.
    package var spool: String { "\(path)/spool" }
    /// Events that no broker will ever take.
    package var deadLetters: String { "\(path)/dead-letters" }

    /// Where the folder is when nothing says so: in the folder that the service manager gives for a service's state,
    /// or in the user's (XDG Base Directory Specification); nil: nowhere.
    /// - Parameter variable: of the environment, by its name.
    package static func standard(_ variable: (String) -> String?) -> EventFolder? {
        if let folder = variable("STATE_DIRECTORY")?.split(separator: ":").first {
            return EventFolder("\(folder)/events")
        }
        if let folder = variable("XDG_STATE_HOME"), folder.hasPrefix("/") {
            return EventFolder("\(folder)/inferd/events")
        }
        guard let home = variable("HOME"), home.hasPrefix("/") else { return nil }
        return EventFolder("\(home)/.local/state/inferd/events")
    }
}
