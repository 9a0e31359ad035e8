import PracticeDesk
import Testing

struct RingTests {
    @Test func `a ring numbers what it is given and forgets the oldest`() {
        var ring = Ring<Int>(capacity: 3)
        #expect(ring.after(0, limit: 10).isEmpty)
        for value in 1...5 { ring.append(value * 10) }
        #expect(ring.first == 3)
        #expect(ring.last == 5)
        #expect(ring.after(0, limit: 10).map(\.value) == [30, 40, 50])
        #expect(ring.after(3, limit: 1).map(\.sequence) == [4])
        #expect(ring.after(5, limit: 10).isEmpty)
        #expect(ring.after(.max - 1, limit: 10).isEmpty)
    }
}
