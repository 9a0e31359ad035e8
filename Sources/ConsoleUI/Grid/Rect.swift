/// Columns and rows of a terminal or of a part of it. Never negative.
package struct Size: Sendable, Hashable {
    /// Cells across.
    package var columns: Int
    /// Cells down.
    package var rows: Int

    /// Takes a size; negative counts become 0.
    package init(_ columns: Int, _ rows: Int) {
        self.columns = max(0, columns)
        self.rows = max(0, rows)
    }
}

/// A rectangle of cells, counted from the upper left corner at 0, 0. May be empty.
package struct Rect: Sendable, Hashable, CustomStringConvertible {
    /// The first column.
    package var x: Int
    /// The first row.
    package var y: Int
    /// Columns, 0 or more.
    package var width: Int
    /// Rows, 0 or more.
    package var height: Int

    /// Takes a place and an extent; negative extents become 0.
    package init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = max(0, width)
        self.height = max(0, height)
    }

    /// The whole of a size.
    package init(_ size: Size) { self.init(x: 0, y: 0, width: size.columns, height: size.rows) }

    /// Whether it holds no cell.
    package var isEmpty: Bool { width == 0 || height == 0 }
    /// The column after the last.
    package var maxX: Int { x + width }
    /// The row after the last.
    package var maxY: Int { y + height }

    /// `x,y widthxheight`, for tests and messages.
    package var description: String { "\(x),\(y) \(width)x\(height)" }

    /// What a border of one cell leaves inside.
    package var inside: Rect { Rect(x: x + 1, y: y + 1, width: width - 2, height: height - 2) }

    /// Takes rows off the top: at most what is there.
    package mutating func cutTop(_ rows: Int) -> Rect {
        let taken = min(max(0, rows), height)
        let cut = Rect(x: x, y: y, width: width, height: taken)
        y += taken
        height -= taken
        return cut
    }

    /// Takes rows off the bottom: at most what is there.
    package mutating func cutBottom(_ rows: Int) -> Rect {
        let taken = min(max(0, rows), height)
        height -= taken
        return Rect(x: x, y: y + height, width: width, height: taken)
    }

    /// Takes columns off the left: at most what is there.
    package mutating func cutLeft(_ columns: Int) -> Rect {
        let taken = min(max(0, columns), width)
        let cut = Rect(x: x, y: y, width: taken, height: height)
        x += taken
        width -= taken
        return cut
    }

    /// The rectangle of that size in the middle, shrunk to fit.
    package func centered(_ columns: Int, _ rows: Int) -> Rect {
        let across = min(columns, width)
        let down = min(rows, height)
        return Rect(x: x + (width - across) / 2, y: y + (height - down) / 2, width: across, height: down)
    }
}
