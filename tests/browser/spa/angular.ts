import "@angular/compiler"; // no build step has compiled the templates
import { Component, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";

import { Bell } from "./bell";
import { Chat } from "./chat";
import { currentUser, logIn, logOut, PEOPLE } from "./session";

@Component({
  selector: "main",
  imports: [Bell, Chat],
  template: `
    <header>
      @if (isHere()) {
        <shop-bell [user]="user()" />
      }
    </header>
    <p>{{ user() ?? "nobody" }}</p>
    @for (person of people; track person[0]) {
      <button (click)="logIn(person[1])">{{ person[0] }}</button>
    }
    <button (click)="logOut()">Log out</button>
    <button (click)="isHere.set(!isHere())">
      {{ isHere() ? "Elsewhere" : "Here" }}
    </button>
    @if (isHere()) {
      <staff-chat [user]="user()" />
    }
  `,
})
class App {
  readonly people = Object.entries(PEOPLE);
  readonly user = signal<string | null>(null);
  readonly isHere = signal(true);

  constructor() {
    void this.ask();
  }

  async ask() {
    this.user.set(await currentUser());
  }

  async logIn(email: string) {
    await logIn(email);
    await this.ask();
  }

  async logOut() {
    await logOut();
    await this.ask();
  }
}

void bootstrapApplication(App);
