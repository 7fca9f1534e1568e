const TEXTS = {
  en: {
    panel: "Operator chat panel",
    chats: "Chats",
    none: "No customer has written yet.",
    choose: "Choose a chat to read and answer it.",
    messages: "Messages",
    answer: "Your answer",
    send: "Send",
    unanswered: "new",
    expired: "Your session has expired.",
    offline: "No connection. Trying again…",
  },
  uk: {
    panel: "Панель оператора чату",
    chats: "Чати",
    none: "Ще ніхто з клієнтів не написав.",
    choose: "Оберіть чат, щоб прочитати його й відповісти.",
    messages: "Повідомлення",
    answer: "Ваша відповідь",
    send: "Надіслати",
    unanswered: "нові",
    expired: "Термін дії сеансу минув.",
    offline: "Немає з’єднання. Пробуємо ще раз…",
  },
  de: {
    panel: "Chat-Panel",
    chats: "Chats",
    none: "Noch hat kein Kunde geschrieben.",
    choose: "Wählen Sie einen Chat, um ihn zu lesen und zu beantworten.",
    messages: "Nachrichten",
    answer: "Ihre Antwort",
    send: "Senden",
    unanswered: "neu",
    expired: "Ihre Sitzung ist abgelaufen.",
    offline: "Keine Verbindung. Neuer Versuch …",
  },
};

const language = (document.documentElement.lang || "en").slice(0, 2);

export const texts =
  TEXTS[/** @type {keyof typeof TEXTS} */ (language)] || TEXTS.en;
