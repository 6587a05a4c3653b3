"""What a trader sees: matching, priority, self-trades, cancels, money. Prices are in cents."""

from tests.engine.dsl import play


def test_resting_order_trades_at_its_own_price():
    play("""
        > open 1: 11
            opened 1
        > fund alice 1000
        > fund bob 1000
        > alice buys 10 @ 45 #1
            accepted #1
        > bob sells 4 @ 40 #2
            accepted #2
            traded 4 @ 45: #1 6 left, #2 0 left
        book 11
            buy 6 @ 45 #1 alice
        alice: exposure 450, available 550, cash -180, holds 4
        bob: exposure 220, available 780, cash 180, holds -4
    """)


def test_best_price_first_then_oldest():
    play("""
        > open 1: 11
            opened 1
        > fund alice 10000
        > fund bob 10000
        > fund charlie 10000
        > alice sells 5 @ 52 #1
            accepted #1
        > bob sells 5 @ 51 #2
            accepted #2
        > alice sells 5 @ 51 #3
            accepted #3
        > bob sells 5 @ 53 #4
            accepted #4
        book 11
            sell 5 @ 51 #2 bob
            sell 5 @ 51 #3 alice
            sell 5 @ 52 #1 alice
            sell 5 @ 53 #4 bob
        > charlie buys 12 @ 52 #5
            accepted #5
            traded 5 @ 51: #2 0 left, #5 7 left
            traded 5 @ 51: #3 0 left, #5 2 left
            traded 2 @ 52: #1 3 left, #5 0 left
        book 11
            sell 3 @ 52 #1 alice
            sell 5 @ 53 #4 bob
        charlie: exposure 614, available 9386, cash -614, holds 12
    """)


def test_remainder_rests_at_its_limit():
    play("""
        > open 1: 11
            opened 1
        > fund alice 1000
        > fund bob 1000
        > alice sells 3 @ 60 #1
            accepted #1
        > bob buys 5 @ 61 #2
            accepted #2
            traded 3 @ 60: #1 0 left, #2 2 left
        book 11
            buy 2 @ 61 #2 bob
    """)


def test_immediate_or_cancel_never_rests():
    play("""
        > open 1: 11
            opened 1
        > fund alice 1000
        > fund bob 1000
        > alice sells 3 @ 60 #1
            accepted #1
        > bob buys 5 @ 60 #2 IOC
            accepted #2
            traded 3 @ 60: #1 0 left, #2 2 left
            cancelled #2: 2, ioc_remainder
        > bob buys 5 @ 60 #3 IOC
            accepted #3
            cancelled #3: 5, ioc_remainder
        book 11
        bob: exposure 180, available 820, cash -180, holds 3
    """)


def test_filled_immediate_or_cancel_has_nothing_to_cancel():
    play("""
        > open 1: 11
            opened 1
        > fund alice 1000
        > fund bob 1000
        > alice sells 3 @ 60 #1
            accepted #1
        > bob buys 3 @ 60 #2 IOC
            accepted #2
            traded 3 @ 60: #1 0 left, #2 0 left
        book 11
    """)


def test_incoming_order_stops_at_its_own_account():
    play("""
        > open 1: 11
            opened 1
        > fund alice 1000
        > fund bob 1000
        > bob sells 2 @ 50 #1
            accepted #1
        > alice sells 2 @ 51 #2
            accepted #2
        > bob sells 2 @ 52 #3
            accepted #3
        > alice buys 5 @ 52 #4
            accepted #4
            traded 2 @ 50: #1 0 left, #4 3 left
            cancelled #4: 3, self_trade
        book 11
            sell 2 @ 51 #2 alice
            sell 2 @ 52 #3 bob
        alice: exposure 100, available 900, cash -100, holds 2
    """)


def test_order_filled_before_it_meets_its_own_account_is_not_cancelled():
    play("""
        > open 1: 11
            opened 1
        > fund alice 1000
        > fund bob 1000
        > bob sells 2 @ 50 #1
            accepted #1
        > alice sells 2 @ 51 #2
            accepted #2
        > alice buys 2 @ 51 #3
            accepted #3
            traded 2 @ 50: #1 0 left, #3 0 left
    """)


def test_self_trade_goes_through_where_it_is_allowed():
    play("""
        > open 1: 11
            opened 1
        > fund alice 1000
        > alice sells 2 @ 51 #1
            accepted #1
        > alice buys 3 @ 52 #2 allow
            accepted #2
            traded 2 @ 51: #1 0 left, #2 1 left
        book 11
            buy 1 @ 52 #2 alice
        alice: exposure 52, available 948, cash 0, holds 0
    """)


def test_reduced_order_keeps_its_place():
    play("""
        > open 1: 11
            opened 1
        > fund alice 1000
        > fund bob 1000
        > alice buys 10 @ 45 #1
            accepted #1
        > bob buys 10 @ 45 #2
            accepted #2
        > alice reduces #1 by 3
            reduced #1 by 3: 7 left
        book 11
            buy 7 @ 45 #1 alice
            buy 10 @ 45 #2 bob
        alice: exposure 315, available 685, cash 0, holds 0
        > alice reduces #1 by 7
            cancelled #1: 7, member
        > bob reduces #2 by 11
            cancelled #2: 10, member
        book 11
        bob: exposure 0, available 1000, cash 0, holds 0
    """)


def test_only_the_owner_takes_an_order_back():
    play("""
        > open 1: 11
            opened 1
        > fund alice 1000
        > alice buys 10 @ 45 #1
            accepted #1
        > charlie cancels #1
            refused #1: not_owner
        > charlie reduces #1 by 0
            refused #1: not_owner
        > alice reduces #1 by 0
            refused #1: invalid_quantity
        > alice reduces #1 by -5
            refused #1: invalid_quantity
        > alice cancels #2
            refused #2: unknown_order
        > alice reduces #2 by 0
            refused #2: unknown_order
        > alice cancels #1
            cancelled #1: 10, member
        > alice cancels #1
            refused #1: unknown_order
    """)


def test_leaving_the_middle_of_a_queue_keeps_the_rest_in_order():
    play("""
        > open 1: 11
            opened 1
        > fund alice 9000
        > alice buys 1 @ 45 #1
            accepted #1
        > alice buys 2 @ 45 #2
            accepted #2
        > alice buys 3 @ 45 #3
            accepted #3
        > alice buys 4 @ 44 #4
            accepted #4
        > alice buys 5 @ 43 #5
            accepted #5
        > alice cancels #2
            cancelled #2: 2, member
        > alice cancels #4
            cancelled #4: 4, member
        > alice cancels #3
            cancelled #3: 3, member
        > alice buys 6 @ 45 #6
            accepted #6
        book 11
            buy 1 @ 45 #1 alice
            buy 6 @ 45 #6 alice
            buy 5 @ 43 #5 alice
    """)


def test_id_of_a_finished_order_may_come_again():
    play("""
        > open 1: 11
            opened 1
        > fund alice 1000
        > alice buys 1 @ 45 #1
            accepted #1
        > alice buys 1 @ 45 #1
            rejected #1: duplicate_order
        > alice cancels #1
            cancelled #1: 1, member
        > alice buys 1 @ 45 #1
            accepted #1
    """)


def test_money_must_cover_the_worst_case_at_the_limit():
    play("""
        > open 1: 11
            opened 1
        > fund alice 450
        > alice buys 10 @ 46 #1
            rejected #1: insufficient_funds
        > alice buys 10 @ 45 #2
            accepted #2
        > alice buys 1 @ 1 #3
            rejected #3: insufficient_funds
        > alice sells 10 @ 55 #4
            accepted #4
        > alice sells 1 @ 99 #5
            rejected #5: insufficient_funds
        > bob sells 1 @ 99 #6
            rejected #6: insufficient_funds
        alice: exposure 450, available 0, cash 0, holds 0
        bob: exposure 0, available 0, cash 0, holds 0
    """)


def test_price_improvement_gives_money_back():
    play("""
        > open 1: 11
            opened 1
        > fund alice 1000
        > fund bob 500
        > alice sells 10 @ 30 #1
            accepted #1
        > bob buys 10 @ 50 #2
            accepted #2
            traded 10 @ 30: #1 0 left, #2 0 left
        bob: exposure 300, available 200, cash -300, holds 10
    """)


def test_closing_a_position_frees_its_money():
    play("""
        > open 1: 11
            opened 1
        > fund alice 500
        > fund bob 5000
        > alice buys 10 @ 50 #1
            accepted #1
        > bob sells 10 @ 50 #2
            accepted #2
            traded 10 @ 50: #1 0 left, #2 0 left
        > alice sells 10 @ 60 #3
            accepted #3
        > bob buys 10 @ 60 #4
            accepted #4
            traded 10 @ 60: #3 0 left, #4 0 left
        alice: exposure 0, available 500, cash 100, holds 0
        bob: exposure 100, available 4900, cash -100, holds 0
    """)


def test_profit_is_not_lent_before_settlement():
    play("""
        > open 1: 11
            opened 1
        > open 2: 21
            opened 2
        > fund alice 500
        > fund bob 5000
        > alice buys 10 @ 50 #1
            accepted #1
        > bob sells 10 @ 50 #2
            accepted #2
            traded 10 @ 50: #1 0 left, #2 0 left
        > alice sells 10 @ 60 #3
            accepted #3
        > bob buys 10 @ 60 #4
            accepted #4
            traded 10 @ 60: #3 0 left, #4 0 left
        > alice buys 10 @ 51 of 21 #5
            rejected #5: insufficient_funds
        > settle 1: none
            settled alice: 100
            settled bob: -100
            settled 1: none
        > alice buys 10 @ 60 of 21 #6
            accepted #6
    """)


def test_funding_nothing_is_refused():
    play("""
        > fund alice 0
            refused Fund: invalid_amount
        > fund alice -5
            refused Fund: invalid_amount
    """)
