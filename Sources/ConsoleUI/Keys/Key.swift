/// A key as commands are bound to it.
package enum Key: Sendable, Hashable {
    /// A character that is typed.
    case character(Character)
    /// A letter with Ctrl, in lower case: `.control("c")`.
    case control(Character)
    case up, down, left, right, home, end, pageUp, pageDown
    case enter, escape, tab, backTab, backspace, delete, insert
    /// From 1.
    case function(Int)
    /// A whole pasted text. Never bound to a command: whatever is in it does nothing.
    case paste(String)
    /// A sequence that is complete and means nothing here.
    case unknown

    /// As shown to people.
    package var text: String {
        switch self {
        case .character(" "): "Space"
        case .character(let character): String(character)
        case .control(let letter): "Ctrl-\(letter.uppercased())"
        case .up: "Up"
        case .down: "Down"
        case .left: "Left"
        case .right: "Right"
        case .home: "Home"
        case .end: "End"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .enter: "Enter"
        case .escape: "Esc"
        case .tab: "Tab"
        case .backTab: "Shift-Tab"
        case .backspace: "Backspace"
        case .delete: "Del"
        case .insert: "Ins"
        case .function(let number): "F\(number)"
        case .paste: "paste"
        case .unknown: "?"
        }
    }
}
