import ConsoleUI
import Testing

struct LayoutTests {
    @Test(arguments: [
        (Size(120, 36), Form.wide), (Size(110, 28), .wide), (Size(110, 27), .normal), (Size(109, 50), .normal),
        (Size(80, 24), .normal),
        (Size(79, 24), .narrow), (Size(50, 16), .narrow), (Size(120, 15), .mini), (Size(49, 40), .mini),
        (Size(30, 6), .mini),
        (Size(29, 40), .line), (Size(120, 5), .line), (Size(0, 0), .line),
    ])
    func `every size has a rung`(size: Size, form: Form) { #expect(Form(size) == form) }

    @Test func `the overview at 120x36`() {
        let layout = OverviewLayout(Size(120, 36), pane: .checks)
        #expect(layout.header.description == "0,0 120x1")
        #expect(layout.verdict.description == "0,1 120x1")
        #expect(layout.bar.description == "0,2 120x1")
        #expect(layout.validators.description == "0,3 40x18")
        #expect(layout.checks.description == "40,3 80x18")
        #expect(layout.focus.description == "0,21 120x6")
        #expect(layout.ticker.description == "0,27 120x8")
        #expect(layout.footer.description == "0,35 120x1")
    }

    @Test func `the overview at 80x24 and 40x12`() {
        let normal = OverviewLayout(Size(80, 24), pane: .checks)
        #expect(normal.validators.description == "0,3 27x17")
        #expect(normal.checks.description == "27,3 53x17")
        #expect(normal.focus.description == "0,20 80x1")
        #expect(normal.ticker.description == "0,21 80x2")
        let mini = OverviewLayout(Size(40, 12), pane: .checks)
        #expect(mini.verdict.description == "0,0 40x1")
        #expect(mini.caption.description == "0,2 40x1")
        #expect(mini.checks.description == "0,3 40x7")
        #expect(mini.validators.isEmpty)
        #expect(mini.ticker.description == "0,10 40x1")
    }

    @Test func `the check detail at 120x36 shows all sections, zoomed one`() {
        let layout = DetailLayout(Size(120, 36), section: .evidence, isZoomed: false)
        #expect(layout.panels.map(\.section) == [.summary, .evidence, .fix, .links, .log])
        #expect(
            layout.panels.map { $0.rect.description } == [
                "0,4 120x10", "0,14 60x11", "60,14 60x11", "0,25 48x10", "48,25 72x10",
            ])
        let zoomed = DetailLayout(Size(120, 36), section: .evidence, isZoomed: true)
        #expect(zoomed.panels.map { $0.rect.description } == ["0,5 120x30"])
    }

    @Test(arguments: [
        Size(120, 36), Size(80, 24), Size(61, 17), Size(40, 12), Size(30, 6), Size(200, 60), Size(110, 28), Size(20, 4),
    ])
    func `parts never overlap, never stick out, and leave no hole between them`(size: Size) {
        for pane in Pane.allCases {
            let layout = OverviewLayout(size, pane: pane)
            expectTiled(
                [
                    layout.header, layout.verdict, layout.bar, layout.caption, layout.validators, layout.checks,
                    layout.focus, layout.ticker, layout.footer,
                ], size)
            #expect(layout.verdict.y <= 1 && layout.verdict.height >= 1)
        }
        for section in DetailSection.allCases {
            for isZoomed in [false, true] {
                let layout = DetailLayout(size, section: section, isZoomed: isZoomed)
                expectTiled(
                    [layout.verdict, layout.headline, layout.reason, layout.tabs, layout.footer]
                        + layout.panels.map(\.rect), size)
                #expect(layout.verdict.y == 0)
                #expect(Form(size) == .line || layout.rows(of: section)?.isEmpty == false)
            }
        }
        let preflight = PreflightLayout(size)
        expectTiled(
            [preflight.verdict, preflight.facts, preflight.list, preflight.explanation, preflight.footer], size)
        #expect(Form(size) == .line || !preflight.rows.isEmpty)
        let list = ListLayout(size)
        expectTiled([list.verdict, list.caption, list.list, list.explanation, list.footer], size)
    }

    private func expectTiled(_ rects: [Rect], _ size: Size) {
        var covered = Array(repeating: 0, count: size.columns * size.rows)
        for rect in rects where !rect.isEmpty {
            #expect(rect.x >= 0 && rect.y >= 0 && rect.maxX <= size.columns && rect.maxY <= size.rows)
            for y in rect.y..<rect.maxY { for x in rect.x..<rect.maxX { covered[y * size.columns + x] += 1 } }
        }
        #expect(covered.allSatisfy { $0 == 1 })
    }
}
