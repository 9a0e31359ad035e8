import ConsoleUI
import TestSupport
import Testing

struct FollowListTests {
    struct Row: Sequenced {
        var sequence: Int
        var lines = 1
    }

    private func visible(_ list: FollowList<Row>, _ height: Int) -> [Int] {
        list.window(height: height) { $0.lines }.rows.map(\.sequence)
    }

    @Test func `following shows the newest`() {
        var list = FollowList<Row>(capacity: 10)
        for number in 1...7 { list.append(Row(sequence: number)) }
        #expect(visible(list, 3) == [5, 6, 7])
        #expect(list.window(height: 3).cursor == 2)
        #expect(visible(list, 20) == Array(1...7))
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `frozen means that nothing moves, whatever is appended`(seed: UInt64) {
        var dice = Dice(seed: seed)
        var list = FollowList<Row>(capacity: Int.random(in: 5...60, using: &dice))
        let height = Int.random(in: 1...20, using: &dice)
        var number = 0
        func appendSome(_ list: inout FollowList<Row>, _ most: Int) -> Int {
            let count = Int.random(in: 1...most, using: &dice)
            for _ in 0..<count {
                number += Int.random(in: 1...5, using: &dice)
                list.append(Row(sequence: number, lines: Int.random(in: 1...3, using: &dice)))
            }
            return count
        }
        _ = appendSome(&list, 100)
        if Bool.random(using: &dice) {
            list.move(by: -Int.random(in: 0...30, using: &dice), height: height) { $0.lines }
        } else {
            list.freeze(height: height) { $0.lines }
        }
        let (before, cursor) = (visible(list, height), list.window(height: height) { $0.lines }.cursor)
        let current = list.current
        let count = appendSome(&list, 500)
        #expect(visible(list, height) == before)
        #expect(list.window(height: height) { $0.lines }.cursor == cursor)
        #expect(list.current == current)
        #expect(list.unseen == count)
        list.follow()
        #expect(list.current?.sequence == number)
        #expect(list.unseen == 0)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `the cursor's row is always visible`(seed: UInt64) {
        var dice = Dice(seed: seed)
        var list = FollowList<Row>(capacity: 50)
        for number in 1...40 { list.append(Row(sequence: number, lines: Int.random(in: 1...4, using: &dice))) }
        for _ in 0..<60 {
            let height = Int.random(in: 1...12, using: &dice)
            list.move(by: Int.random(in: -15...15, using: &dice), height: height) { $0.lines }
            let window = list.window(height: height) { $0.lines }
            let place = window.rows.startIndex + (window.cursor ?? -1)
            #expect(window.rows.indices.contains(place))
            #expect(window.rows[place] == list.current)
        }
    }

    @Test func `an empty list has no cursor`() {
        var list = FollowList<Row>(capacity: 5)
        list.move(by: -1, height: 3)
        list.freeze(height: 3)
        #expect(list.isFollowing)
        #expect(list.window(height: 3).cursor == nil)
        #expect(list.current == nil)
    }
}
