/// Random damage to bytes that were sound: what a broken disk, a bad proxy or a spiteful peer makes of them.
enum Damage {
    /// Between one and six wounds.
    static func done(
        to sound: [UInt8], with pieces: [[UInt8]], using dice: inout some RandomNumberGenerator
    ) -> [UInt8] {
        var bytes = sound.isEmpty ? [0] : sound
        for _ in 0..<Int.random(in: 1...6, using: &dice) {
            let at = Int.random(in: 0..<bytes.count, using: &dice)
            let length = min(Int.random(in: 1...40, using: &dice), bytes.count - at)
            switch Int.random(in: 0..<7, using: &dice) {
            case 0: bytes[at] = UInt8.random(in: .min ... .max, using: &dice)
            case 1 where bytes.count > length: bytes.removeSubrange(at..<at + length)
            case 2: bytes.insert(contentsOf: pieces.randomElement(using: &dice) ?? [], at: at)
            case 3: bytes.insert(contentsOf: bytes[at..<at + length], at: at)
            case 4: bytes.swapAt(at, Int.random(in: 0..<bytes.count, using: &dice))
            case 5: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
            default: bytes.removeLast(min(length, bytes.count - 1))
            }
        }
        return bytes
    }
}
