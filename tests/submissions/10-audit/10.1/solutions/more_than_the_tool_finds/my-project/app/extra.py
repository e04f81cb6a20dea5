KINDS = {"thread": __import__("threading").Thread}


def go(kind, job):
    KINDS[kind](target=job).start()
