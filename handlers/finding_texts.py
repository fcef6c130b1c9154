from handlers.drafts import Draft


def finding_lines(draft: Draft):
    return ()
