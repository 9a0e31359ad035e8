import Glibc

/// A thread for something that may wait: neither the terminal's thread nor one of the cooperative pool's.
package enum BackgroundThread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Runs it and forgets it. If no thread can be had it is run at once.
    package static func run(_ body: @escaping @Sendable () -> Void) {
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let failed = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
        guard failed == 0 else { return work.takeRetainedValue().body() }
        pthread_detach(thread)
    }
}
