"""What one reading request asked already."""

from govshare.kernel.memory import remembered, remembering

asked: list[int] = []


@remembered
def double(number: int) -> int:
    asked.append(number)
    return 2 * number


def test_outside_a_request_nothing_is_remembered():
    asked.clear()

    answers = [double(2), double(2)]

    assert (answers, asked) == ([4, 4], [2, 2])


def test_within_a_request_a_question_is_asked_once_and_forgotten_after_it():
    asked.clear()

    with remembering():
        within = [double(2), double(2), double(3)]
    after = double(2)

    assert (within, after, asked) == ([4, 4, 6], 4, [2, 3, 2])


def test_a_failed_question_is_asked_again():
    @remembered
    def fails() -> int:
        asked.append(0)
        raise LookupError

    asked.clear()
    with remembering():
        for _ in range(2):
            try:
                fails()
            except LookupError:
                continue

    assert asked == [0, 0]
