# fails: 4c
