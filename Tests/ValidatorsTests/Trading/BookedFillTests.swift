import Readiness
import Testing
import Validators

struct BookedFillTests {
    private let books = LedgerBooks(
        fills: "f", fillsOfOrder: "o", positions: "p", contradictions: "c", quantityScale: 2, priceScale: 4,
        moneyScale: 6)
    private let row: [LedgerValue] = [
        .text("READY-SNIPER"), .text("ADA-USD"), .text("sell"), .integer(5), .integer(4001), .text("0.000011"),
        .text("hp-1"),
    ]
    private let order = OrderRequest(
        clientOrderID: "hp-1", account: "READY-SNIPER", symbol: "ADA-USD", side: .sell, quantity: "0.05",
        price: "0.3900")

    @Test(
        arguments: [
            (LedgerValue.integer(0), 6, "0"), (.integer(5), 2, "0.05"), (.integer(-5), 2, "-0.05"),
            (.integer(7), 0, "7"),
            (.integer(.max), 6, "9223372036854.775807"), (.integer(.min), 6, "-9223372036854.775808"),
            (.text("1.50"), 0, "1.5"), (.text("-3"), 6, "-3"), (.integer(1), 30, "0.000000000000000000000000000001"),
        ] as [(LedgerValue, Int, DecimalValue)])
    func `an amount is exact`(value: LedgerValue, scale: Int, amount: DecimalValue) throws {
        #expect(try value.amount(scale: scale) == amount)
    }

    @Test(arguments: [
        (LedgerValue.real(1), 2), (.null, 2), (.text(""), 2), (.text("1e3"), 2), (.text("12abc"), 2), (.integer(1), -1),
        (.integer(1), 31),
    ])
    func `whatever is no exact amount makes no sense`(value: LedgerValue, scale: Int) {
        #expect { try value.amount(scale: scale) } throws: {
            ($0 as? ProbeError)?.meeting == .nonsense && ($0 as? ProbeError)?.endpoint == .ledger
        }
    }

    @Test func `a row is read in its columns and scales`() throws {
        let fill = try BookedFill(row: row, of: books)
        #expect(
            fill
                == BookedFill(
                    account: "READY-SNIPER", symbol: "ADA-USD", side: "sell", quantity: "0.05", price: "0.4001",
                    fee: "0.000011", clientOrderID: "hp-1"))
        #expect(DecimalValue(fill.signedQuantity) == "-0.05")
    }

    @Test(arguments: [0, 1, 2, 6])
    func `a name that is no text, and a column too few, make no sense`(column: Int) {
        var broken = row
        broken[column] = .integer(1)
        #expect(throws: ProbeError.self) { try BookedFill(row: broken, of: books) }
        #expect(throws: ProbeError.self) { try BookedFill(row: row.dropLast(), of: books) }
    }

    @Test func `what the drop copy leaves out is the order's, but for the numbers`() throws {
        var event = DropCopy.Event(
            sequence: 7, kind: .fill, clientOrderID: "hp-1", quantity: "0.05", price: "0.4001", fee: "0.000011")
        #expect(try BookedFill(event, of: order) == BookedFill(row: row, of: books))
        event.symbol = "BTC-USD"
        #expect(try BookedFill(event, of: order).symbol == "BTC-USD")
        event.fee = nil
        #expect(throws: ProbeError.self) { try BookedFill(event, of: order) }
    }
}
