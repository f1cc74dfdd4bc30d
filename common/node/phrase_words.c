// SPDX-License-Identifier: Apache-2.0
// The words of recovery phrases: a word is one byte, its place in the list. Never change or reorder them:
// what is on paper must stay good. Chosen for this program: everyday words of four to eight letters, in
// order, so unlike each other that no two have the same first four letters or are nearer than three typing
// errors (a test checks all of that).
#include "common/node/phrase.h"

// clang-format off
const char *const PHRASE_ENGLISH_WORDS[PHRASE_LIST] = {
    "acorn", "album", "alley", "almond", "amber", "anchor", "angle", "animal", "answer", "april",
    "arena", "arrow", "artist", "atlas", "attic", "autumn", "badge", "bakery", "bamboo", "banana",
    "banjo", "barn", "basil", "basket", "beacon", "beaver", "bell", "bench", "berry", "bicycle",
    "biscuit", "blossom", "bonfire", "border", "bottle", "bread", "brook", "brush", "buffalo",
    "butter", "cabin", "cactus", "camel", "canvas", "captain", "carpet", "castle", "cedar", "chalk",
    "circle", "citizen", "clay", "cliff", "clock", "clover", "coast", "coffee", "compass", "copper",
    "coral", "cotton", "cousin", "crane", "crayon", "cricket", "crystal", "daisy", "dance", "deer",
    "diamond", "dinner", "doctor", "dolphin", "donkey", "drawer", "drum", "duck", "earth", "echo",
    "elbow", "eleven", "emerald", "engine", "evening", "fabric", "falcon", "feather", "festival",
    "fiddle", "field", "flute", "forest", "fossil", "fruit", "galaxy", "garden", "garlic", "gate",
    "gentle", "giraffe", "glacier", "goose", "granite", "guitar", "harbor", "harvest", "helmet",
    "heron", "history", "horizon", "hospital", "hotel", "iceberg", "igloo", "index", "insect",
    "island", "ivory", "jasmine", "jewel", "journey", "june", "keeper", "kitchen", "kiwi", "knight",
    "ladder", "lagoon", "lamp", "lantern", "laurel", "leaf", "lecture", "library", "lily", "linen",
    "lobster", "lotus", "lunar", "magnet", "maple", "meadow", "memory", "metal", "mirror", "mitten",
    "monday", "moss", "museum", "music", "mustard", "napkin", "nature", "needle", "nephew", "nest",
    "nickel", "notice", "nylon", "oatmeal", "object", "ocean", "october", "olive", "onion", "opera",
    "orchard", "oxygen", "palace", "panda", "paper", "passport", "peanut", "pearl", "pebble",
    "pencil", "penguin", "piano", "picnic", "pigeon", "pillow", "plaza", "pocket", "poem",
    "pottery", "prairie", "prize", "pumpkin", "puzzle", "pyramid", "quail", "quartz", "queen",
    "question", "rabbit", "radio", "railway", "rainbow", "raven", "recipe", "rhythm", "ribbon",
    "ruby", "sailor", "salad", "sapphire", "scarf", "school", "shelf", "silver", "sketch", "snow",
    "sofa", "spider", "spoon", "spring", "square", "station", "stone", "summer", "sunset", "swan",
    "symbol", "temple", "tennis", "theater", "thunder", "tiger", "tomato", "tractor", "train",
    "triangle", "tulip", "tunnel", "turtle", "twelve", "umbrella", "umpire", "unicorn", "vanilla",
    "village", "violin", "vision", "volcano", "voyage", "walnut", "wheat", "whisper", "window",
    "wizard", "wolf", "yacht", "yogurt", "zebra", "zenith", "zigzag",
};

const char *const PHRASE_RUSSIAN_WORDS[PHRASE_LIST] = {
    "абзац", "август", "автор", "адрес", "азбука", "аист", "акула", "алмаз", "альбом", "ананас",
    "ангел", "аптека", "арбуз", "арена", "архив", "астра", "атлас", "афиша", "багаж", "балкон",
    "бамбук", "башня", "беседа", "билет", "бирюза", "блюдце", "бокал", "болото", "борода", "бревно",
    "бубен", "бублик", "буква", "бумага", "вагон", "ведро", "веник", "верба", "ветер", "вилка",
    "вода", "воздух", "восток", "врач", "вьюга", "газета", "герань", "герой", "гитара", "глина",
    "глобус", "гнездо", "голос", "голубь", "градус", "гранит", "гречка", "гриб", "гроза", "губка",
    "дача", "дверь", "десерт", "джинсы", "диван", "диплом", "доктор", "домино", "доска", "дракон",
    "дружба", "душица", "дыня", "дятел", "ельник", "енот", "жасмин", "жемчуг", "жираф", "жокей",
    "журнал", "жюри", "забор", "закат", "залив", "заря", "звезда", "звонок", "зерно", "зима",
    "змей", "зонтик", "игла", "изюм", "имбирь", "индюк", "инжир", "июнь", "камень", "камыш",
    "канал", "каштан", "кефир", "кисель", "клевер", "ключ", "книга", "кнопка", "комета", "компас",
    "костер", "кресло", "крыша", "кувшин", "кузнец", "куртка", "кухня", "лагерь", "ладонь", "лампа",
    "ландыш", "лебедь", "лента", "ливень", "лимон", "локоть", "лопата", "лошадь", "лыжи", "магнит",
    "майка", "масло", "медаль", "месяц", "минута", "море", "музей", "насос", "небо", "неделя",
    "номер", "ночь", "облако", "обруч", "огород", "огурец", "одеяло", "океан", "окно", "олень",
    "опера", "орбита", "остров", "ответ", "отдых", "парус", "перец", "песня", "печать", "пирог",
    "письмо", "платок", "победа", "подвал", "поезд", "почта", "правда", "пример", "птица", "пчела",
    "работа", "радуга", "ребус", "ремонт", "решето", "ритм", "родник", "рояль", "рынок", "рюкзак",
    "сапог", "сахар", "свеча", "секрет", "семья", "сердце", "сказка", "словарь", "снег", "собака",
    "солнце", "стакан", "станция", "стихи", "столица", "сугроб", "сундук", "табурет", "танец",
    "театр", "телефон", "тетрадь", "тигр", "тишина", "товар", "трамвай", "туман", "угол", "улитка",
    "успех", "утро", "учебник", "фабрика", "фасоль", "февраль", "физика", "филин", "флаг", "фокус",
    "фонарь", "форель", "фрукт", "футбол", "хвоя", "химия", "хлеб", "ходьба", "холм", "хомяк",
    "цапля", "цветок", "цирк", "чайник", "часы", "чемодан", "чердак", "черника", "чудо", "шалаш",
    "шахматы", "шелк", "шляпа", "шоколад", "шпага", "штора", "щавель", "экзамен", "эмаль",
    "энергия", "этаж", "юннат", "якорь", "январь", "ярмарка", "ястреб", "ящик",
};
// clang-format on
