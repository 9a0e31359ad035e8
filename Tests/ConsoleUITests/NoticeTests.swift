import ConsoleUI
import Readiness
import Testing

struct NoticeTests {
    private static let folder = "/home/operator/.local/state/holdpoint/runs/20261121T222701Z-3f2a/copies"
    /// As a copy tells of itself.
    private static let copied = Notice(
        "copied the result of database.migration.applied, 412 bytes, to the terminal's clipboard (if it allows that) "
            + "and \(folder)/clipboard.txt",
        short: "copied the result of database.migration.applied; kept in copies/clipboard.txt", .info)

    @Test(arguments: [
        (
            118,
            [
                "copied the result of database.migration.applied, 412 bytes, to the terminal's clipboard (if it allows that) and",
                "\(folder)/clipboard.txt",
            ]
        ),
        (
            90,
            [
                "copied the result of database.migration.applied, 412 bytes, to the terminal's clipboard",
                "(if it allows that) and", "\(folder)/clipboard.txt",
            ]
        ),
        (78, ["copied the result of database.migration.applied; kept in copies/clipboard.txt"]),
        (38, ["copied the result of", "database.migration.applied; kept in", "copies/clipboard.txt"]),
    ])
    func `a copy is told whole where no word of it has to be broken, and shortly where there is no room`(
        width: Int, rows: [String]
    ) {
        #expect(Self.copied.rows(width: width, ellipsis: "…") == rows)
    }

    @Test func `what is too long in its shortest form says that something is left out`() {
        let notice = Notice(Array(repeating: "word", count: 40).joined(separator: " "), .error)
        let rows = notice.rows(width: 20, ellipsis: "…")
        #expect(rows.count == Notice.mostRows && rows.last?.hasSuffix("…") == true, "\(rows)")
        #expect(rows.allSatisfy { $0.count <= 20 })
    }

    @Test(arguments: ConsoleSnapshotTests.sizes)
    func `a copy is told at the foot of the screen`(size: Size) {
        var model = ConsoleModel(size: size)
        _ = model.update(.copied(Self.copied), at: .seconds(1))
        let text = model.frame(GlyphSet(isASCII: false)).grid.text
        let rows = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(rows.last?.contains("clipboard.txt") == true, "\(text)")
        #expect(text.contains(size.columns == 40 ? "kept in\n copies/clipboard.txt" : "database.migration.applied"))
    }
}
