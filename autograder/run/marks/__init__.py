"""What in a learner's code a person should look at: it reaches into Python or the grader, as honest code does not.

Python cannot be walled off from itself in one process. So what could change a verdict from within is noticed: `words`
reads the code before it runs, `acts` writes down what it does before it is done, and `changes` compares what the
verdict depends on, before and after. A noticed item keeps its verdict, and is marked with the reason.
"""
