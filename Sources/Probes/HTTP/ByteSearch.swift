import Glibc

/// Finds bytes within bytes. (Glibc's own `memmem` is a GNU extension, which Swift's module of it leaves out.)
enum ByteSearch {
    /// The first place from which `wanted` stands in `bytes`, wholly between `from` and `to`.
    static func place(of wanted: [UInt8], in bytes: UnsafeRawBufferPointer, from: Int = 0, to: Int? = nil) -> Int? {
        let to = to ?? bytes.count
        guard let first = wanted.first, let base = bytes.baseAddress else { return nil }
        var place = from
        while place + wanted.count <= to {
            guard let hit = memchr(base + place, Int32(first), to - place) else { return nil }
            place = UnsafeRawPointer(hit) - base
            if place + wanted.count <= to, memcmp(hit, wanted, wanted.count) == 0 { return place }
            place += 1
        }
        return nil
    }
}
