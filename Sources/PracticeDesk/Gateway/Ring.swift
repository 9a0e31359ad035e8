/// The newest so many values of a numbered sequence: adding one to a full ring forgets the oldest.
package struct Ring<Value: Sendable>: Sendable {
    private var values: [Value] = []
    private let capacity: Int
    /// Sequence number of the newest value; 0 before the first.
    package private(set) var last: Int64 = 0

    /// A ring that keeps so many values.
    package init(capacity: Int) { self.capacity = capacity }

    /// Sequence number of the oldest value that is kept.
    package var first: Int64 { last - Int64(values.count) + 1 }

    /// Adds the next value of the sequence.
    package mutating func append(_ value: Value) {
        if values.count < capacity { values.append(value) } else { values[Int(last % Int64(capacity))] = value }
        last += 1
    }

    /// The values after a sequence number, oldest first, with their numbers.
    package func after(_ sequence: Int64, limit: Int) -> [(sequence: Int64, value: Value)] {
        let start = max(sequence + 1, first)
        guard start <= last else { return [] }
        return (start...min(last, start + Int64(limit) - 1)).map { ($0, values[Int(($0 - 1) % Int64(capacity))]) }
    }
}
