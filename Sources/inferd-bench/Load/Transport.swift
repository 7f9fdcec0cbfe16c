/// Which kind of socket a load goes over.
enum Transport: String, CaseIterable {
    case unix, tcp
}
