/// Threads that are started together and end together.
struct ThreadGroup {
    private var threads: [PinnedThread] = []

    /// Starts `count` threads, numbered from 0. When one of them cannot be started, those before it are ended
    /// and awaited.
    /// - Parameter stop: makes every thread of the group end.
    init(
        count: Int, stop: () -> Void, start: (Int) throws(ServerError) -> PinnedThread
    ) throws(ServerError) {
        for number in 0..<count {
            do throws(ServerError) {
                threads.append(try start(number))
            } catch {
                stop()
                join()
                throw error
            }
        }
    }

    /// Waits for the threads' end; once only.
    func join() {
        for thread in threads {
            thread.join()
        }
    }
}
