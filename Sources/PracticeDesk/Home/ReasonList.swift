/// What is found to be wrong while a start goes on looking, so that a person need not mend and try again for each.
struct ReasonList {
    private(set) var found: [HomeError]

    init(_ found: [HomeError] = []) { self.found = found }

    /// Takes a step; one that fails is noted and answers nil.
    mutating func attempt<Value>(_ step: () throws(HomeError) -> Value) -> Value? {
        do { return try step() } catch {
            found.append(error)
            return nil
        }
    }
}
