/**
 * The widget's words. {n} is a number; plural forms are named as
 * Intl.PluralRules names them, and "other" stands in for one that is missing.
 *
 * @typedef {{ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>} Plural
 * @typedef {object} Texts
 * @property {string} title name of bell and panel
 * @property {string} none after the title when nothing is unread
 * @property {Plural} unread after the title otherwise
 * @property {Plural} arrived announced when messages come in
 * @property {string} unreadMark
 * @property {string} markAll
 * @property {string} close
 * @property {string} more
 * @property {string} follow
 * @property {string} newTab
 * @property {string} loading
 * @property {string} retry
 * @property {[string, string]} empty heading and sentence, as the next three
 * @property {[string, string]} unknown
 * @property {[string, string]} error
 * @property {[string, string]} offline
 */

/** @type {Record<string, Texts>} */
const TEXTS = {
  en: {
    title: "Notifications",
    none: "no unread",
    unread: { other: "{n} unread" },
    arrived: { one: "{n} new notification", other: "{n} new notifications" },
    unreadMark: "Unread",
    markAll: "Mark all as read",
    close: "Close",
    more: "Show more",
    follow: "View details",
    newTab: "opens in a new tab",
    loading: "Loading notifications…",
    retry: "Try again",
    empty: ["Nothing here yet", "News for you will appear here."],
    unknown: [
      "No notifications for you yet",
      "They will appear here once there is news for your account.",
    ],
    error: [
      "Notifications did not load",
      "Something went wrong. Please try again in a moment.",
    ],
    offline: [
      "You are offline",
      "Notifications will come back with your connection.",
    ],
  },
  uk: {
    title: "Сповіщення",
    none: "непрочитаних немає",
    unread: {
      one: "{n} непрочитане",
      few: "{n} непрочитані",
      many: "{n} непрочитаних",
      other: "{n} непрочитаного",
    },
    arrived: {
      one: "{n} нове сповіщення",
      few: "{n} нові сповіщення",
      many: "{n} нових сповіщень",
      other: "{n} нового сповіщення",
    },
    unreadMark: "Непрочитане",
    markAll: "Прочитати всі",
    close: "Закрити",
    more: "Показати ще",
    follow: "Докладніше",
    newTab: "відкриється в новій вкладці",
    loading: "Завантажуємо сповіщення…",
    retry: "Спробувати ще раз",
    empty: ["Поки що порожньо", "Тут з’являтимуться новини для вас."],
    unknown: [
      "Для вас ще немає сповіщень",
      "Вони з’являться тут, щойно для вас будуть новини.",
    ],
    error: [
      "Не вдалося завантажити сповіщення",
      "Щось пішло не так. Спробуйте ще раз за мить.",
    ],
    offline: [
      "Немає з’єднання з мережею",
      "Сповіщення повернуться разом зі з’єднанням.",
    ],
  },
  de: {
    title: "Benachrichtigungen",
    none: "keine ungelesenen",
    unread: { other: "{n} ungelesen" },
    arrived: {
      one: "{n} neue Benachrichtigung",
      other: "{n} neue Benachrichtigungen",
    },
    unreadMark: "Ungelesen",
    markAll: "Alle als gelesen markieren",
    close: "Schließen",
    more: "Mehr anzeigen",
    follow: "Details ansehen",
    newTab: "öffnet sich in neuem Tab",
    loading: "Benachrichtigungen werden geladen…",
    retry: "Erneut versuchen",
    empty: ["Noch nichts da", "Neuigkeiten für Sie erscheinen hier."],
    unknown: [
      "Noch keine Benachrichtigungen für Sie",
      "Sobald es Neuigkeiten für Ihr Konto gibt, erscheinen sie hier.",
    ],
    error: [
      "Benachrichtigungen konnten nicht geladen werden",
      "Etwas ist schiefgegangen. Bitte versuchen Sie es gleich noch einmal.",
    ],
    offline: [
      "Sie sind offline",
      "Mit der Verbindung kommen auch die Benachrichtigungen zurück.",
    ],
  },
  es: {
    title: "Notificaciones",
    none: "ninguna sin leer",
    unread: { other: "{n} sin leer" },
    arrived: {
      one: "{n} notificación nueva",
      other: "{n} notificaciones nuevas",
    },
    unreadMark: "Sin leer",
    markAll: "Marcar todo como leído",
    close: "Cerrar",
    more: "Mostrar más",
    follow: "Ver detalles",
    newTab: "se abre en una pestaña nueva",
    loading: "Cargando notificaciones…",
    retry: "Reintentar",
    empty: ["Aún no hay nada", "Aquí aparecerán sus novedades."],
    unknown: [
      "Aún no hay notificaciones para usted",
      "Aparecerán aquí cuando haya novedades en su cuenta.",
    ],
    error: [
      "No se pudieron cargar las notificaciones",
      "Algo ha fallado. Vuelva a intentarlo en un momento.",
    ],
    offline: [
      "No hay conexión",
      "Las notificaciones volverán con la conexión.",
    ],
  },
  it: {
    title: "Notifiche",
    none: "nessuna da leggere",
    unread: { other: "{n} da leggere" },
    arrived: { one: "{n} nuova notifica", other: "{n} nuove notifiche" },
    unreadMark: "Da leggere",
    markAll: "Segna tutto come letto",
    close: "Chiudi",
    more: "Mostra altro",
    follow: "Vedi dettagli",
    newTab: "si apre in una nuova scheda",
    loading: "Caricamento delle notifiche…",
    retry: "Riprova",
    empty: ["Ancora niente", "Qui compariranno le novità per te."],
    unknown: [
      "Ancora nessuna notifica per te",
      "Compariranno qui quando ci saranno novità per il tuo account.",
    ],
    error: [
      "Impossibile caricare le notifiche",
      "Qualcosa è andato storto. Riprova tra un momento.",
    ],
    offline: ["Sei offline", "Le notifiche torneranno con la connessione."],
  },
  pl: {
    title: "Powiadomienia",
    none: "brak nieprzeczytanych",
    unread: {
      one: "{n} nieprzeczytane",
      few: "{n} nieprzeczytane",
      many: "{n} nieprzeczytanych",
      other: "{n} nieprzeczytanego",
    },
    arrived: {
      one: "{n} nowe powiadomienie",
      few: "{n} nowe powiadomienia",
      many: "{n} nowych powiadomień",
      other: "{n} nowego powiadomienia",
    },
    unreadMark: "Nieprzeczytane",
    markAll: "Oznacz wszystkie jako przeczytane",
    close: "Zamknij",
    more: "Pokaż więcej",
    follow: "Zobacz szczegóły",
    newTab: "otworzy się w nowej karcie",
    loading: "Wczytujemy powiadomienia…",
    retry: "Spróbuj ponownie",
    empty: ["Na razie nic tu nie ma", "Tutaj pojawią się nowości dla Ciebie."],
    unknown: [
      "Nie ma jeszcze powiadomień dla Ciebie",
      "Pojawią się tutaj, gdy na Twoim koncie będzie coś nowego.",
    ],
    error: [
      "Nie udało się wczytać powiadomień",
      "Coś poszło nie tak. Spróbuj ponownie za chwilę.",
    ],
    offline: [
      "Brak połączenia z siecią",
      "Powiadomienia wrócą razem z połączeniem.",
    ],
  },
  ru: {
    title: "Уведомления",
    none: "непрочитанных нет",
    unread: {
      one: "{n} непрочитанное",
      few: "{n} непрочитанных",
      many: "{n} непрочитанных",
      other: "{n} непрочитанного",
    },
    arrived: {
      one: "{n} новое уведомление",
      few: "{n} новых уведомления",
      many: "{n} новых уведомлений",
      other: "{n} нового уведомления",
    },
    unreadMark: "Не прочитано",
    markAll: "Прочитать все",
    close: "Закрыть",
    more: "Показать ещё",
    follow: "Подробнее",
    newTab: "откроется в новой вкладке",
    loading: "Загружаем уведомления…",
    retry: "Повторить",
    empty: ["Пока пусто", "Здесь будут появляться новости для вас."],
    unknown: [
      "Для вас пока нет уведомлений",
      "Они появятся здесь, как только для вас будут новости.",
    ],
    error: [
      "Не удалось загрузить уведомления",
      "Что-то пошло не так. Попробуйте ещё раз через минуту.",
    ],
    offline: [
      "Нет соединения с сетью",
      "Уведомления вернутся вместе с соединением.",
    ],
  },
  ar: {
    title: "الإشعارات",
    none: "لا شيء غير مقروء",
    unread: {
      one: "إشعار واحد غير مقروء",
      two: "إشعاران غير مقروءين",
      few: "{n} إشعارات غير مقروءة",
      many: "{n} إشعارًا غير مقروء",
      other: "{n} إشعار غير مقروء",
    },
    arrived: {
      one: "إشعار جديد",
      two: "إشعاران جديدان",
      few: "{n} إشعارات جديدة",
      many: "{n} إشعارًا جديدًا",
      other: "{n} إشعار جديد",
    },
    unreadMark: "غير مقروء",
    markAll: "تحديد الكل كمقروء",
    close: "إغلاق",
    more: "عرض المزيد",
    follow: "عرض التفاصيل",
    newTab: "يُفتح في علامة تبويب جديدة",
    loading: "جارٍ تحميل الإشعارات…",
    retry: "إعادة المحاولة",
    empty: ["لا شيء هنا بعد", "ستظهر هنا أخبارك الجديدة."],
    unknown: [
      "لا توجد إشعارات لك بعد",
      "ستظهر هنا عندما تكون هناك أخبار لحسابك.",
    ],
    error: ["تعذّر تحميل الإشعارات", "حدث خطأ ما. حاول مجددًا بعد قليل."],
    offline: ["أنت غير متصل بالشبكة", "ستعود الإشعارات مع عودة الاتصال."],
  },
};

/** Written from right to left. */
const RTL = ["ar"];

/**
 * Words, plurals and dates in one language.
 *
 * @param {unknown} asked what init was given
 */
function speak(asked) {
  const wanted =
    typeof asked === "string" && asked ? asked : document.documentElement.lang;
  const short = wanted.slice(0, 2).toLowerCase();
  const language = Object.hasOwn(TEXTS, short) ? short : "en";
  const plurals = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

  /** @param {Plural} forms @param {number} n */
  const plural = (forms, n) =>
    (forms[plurals.select(n)] ?? forms.other).replace("{n}", numbers.format(n));

  /** @param {number} moment @param {number} now */
  const when = (moment, now) => {
    const minutes = Math.round((moment - now) / 60_000);
    if (Math.abs(minutes) < 1) return relative.format(0, "second");
    if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
    const hours = Math.round(minutes / 60);
    if (Math.abs(hours) < 24) return relative.format(hours, "hour");
    const days = Math.round(hours / 24);
    if (Math.abs(days) < 7) return relative.format(days, "day");
    const sameYear =
      new Date(moment).getFullYear() === new Date(now).getFullYear();
    return new Intl.DateTimeFormat(language, {
      day: "numeric",
      month: "short",
      year: sameYear ? undefined : "numeric",
    }).format(moment);
  };

  /** @param {number} moment */
  const exactly = (moment) =>
    new Intl.DateTimeFormat(language, {
      dateStyle: "full",
      timeStyle: "short",
    }).format(moment);

  return {
    language,
    direction: RTL.includes(language) ? "rtl" : "ltr",
    texts: /** @type {Texts} */ (TEXTS[language]),
    plural,
    when,
    exactly,
    number: numbers.format,
  };
}

/** @typedef {ReturnType<typeof speak>} Speech */
